const words: Readonly<Record<string, string>> = {
  SIGKILL: 'it was killed (SIGKILL): by hand, or by the system because memory ran out',
  SIGABRT: 'TensorFlow aborted (SIGABRT): a check inside it failed, often for lack of memory on the device',
  SIGSEGV: 'it crashed (SIGSEGV): the TensorFlow library, its driver and this machine may not fit each other',
  SIGILL: 'it crashed (SIGILL): this TensorFlow was built for processor instructions that this machine lacks',
  SIGBUS: 'it crashed (SIGBUS): a mapped file shrank, or shared memory ran out',
  SIGTERM: 'it was asked to end (SIGTERM)',
  SIGINT: 'it was interrupted (SIGINT)',
  SIGHUP: 'its session ended (SIGHUP)',
}

/** Why a process with TensorFlow in it was ended by a signal, in half a sentence. */
export function signalWords(signal: string): string {
  return words[signal] ?? `it was ended by ${signal}`
}
