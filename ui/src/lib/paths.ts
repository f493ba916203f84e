/** Whether a path says its folder: the application's own working folder is nobody's business. */
export function isWholePath(path: string): boolean {
  return /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(path.trim());
}
