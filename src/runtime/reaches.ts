import https from 'node:https'
import net from 'node:net'

const patienceMs = 5_000

/** Whether a web address (or the proxy that requests go through) answers within five seconds. Never rejects. */
export function reaches(url: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const proxy = env['HTTPS_PROXY'] || env['https_proxy']
  const target = proxy || url
  if (!URL.canParse(target)) return Promise.resolve(false)
  return new Promise((resolve) => {
    const attempt = proxy ? connectTo(new URL(proxy)) : https.request(url, { method: 'HEAD' }).end()
    const end = (answers: boolean) => (): void => {
      clearTimeout(timer)
      attempt.destroy()
      resolve(answers)
    }
    const timer = setTimeout(end(false), patienceMs)
    attempt.on('error', end(false)).on(proxy ? 'connect' : 'response', end(true))
  })
}

function connectTo({ hostname, port, protocol }: URL): net.Socket {
  return net.connect({ host: hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80) })
}
