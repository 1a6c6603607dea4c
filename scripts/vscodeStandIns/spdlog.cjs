/** Stands in for @vscode/spdlog, which needs a compiler to install: without it output channels with levels stay empty. */
const { appendFileSync, mkdirSync } = require('node:fs')
const { dirname } = require('node:path')

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'critical']
const words = { warn: 'warning' }

class Logger {
  #level = 2
  #formatted = true

  constructor(_kind, _name, file) {
    mkdirSync(dirname(file), { recursive: true })
    levels.forEach((name, level) => {
      this[name] = (message) => {
        if (level >= this.#level) appendFileSync(file, this.#formatted ? line(name, message) : message)
      }
    })
  }
  getLevel() {
    return this.#level
  }
  setLevel(level) {
    this.#level = level
  }
  setPattern() {}
  clearFormatters() {
    this.#formatted = false
  }
  flush() {}
  drop() {}
}

/** VS Code reads times and levels back in this format to colour and filter them. */
function line(name, message) {
  const now = new Date()
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString()
  return `${local.slice(0, 10)} ${local.slice(11, 23)} [${words[name] ?? name}] ${message}\n`
}

const createLogger = async (name, file) => new Logger('rotating', name, file)

// One by one: VS Code imports this as a module, and finds only names that are assigned so.
exports.version = 0
exports.Logger = Logger
exports.setLevel = () => {}
exports.setFlushOn = () => {}
exports.createRotatingLogger = createLogger
exports.createAsyncRotatingLogger = createLogger
