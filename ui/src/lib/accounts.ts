/** The name of a host's account. Colons part its levels, so an id's own are written %3A. */
export function hostAccount(hostId: string): string {
  const id = hostId.replaceAll("%", "%25").replaceAll(":", "%3A");
  return `liabilities:hosts:${id}`;
}
