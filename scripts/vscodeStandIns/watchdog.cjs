/** Stands in for @vscode/native-watchdog, which needs a compiler to install: ends a process whose parent is gone. */
exports.start = (pid) => {
  setInterval(() => {
    try {
      process.kill(pid, 0)
    } catch {
      process.exit(87)
    }
  }, 1000).unref()
}
exports.exit = (code) => process.exit(code ?? 0)
