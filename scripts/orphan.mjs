// npm runs a script through a shell, and a shell that is ended does not pass the signal on.

/**
 * Calls back once the process that started this one is gone.
 *
 * @param {() => void} callback
 */
export function whenOrphaned(callback) {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    callback()
  }, 500)
  timer.unref()
}
