/**
 * A UUID version 7 (RFC 9562): 48 bits of milliseconds, then random. The web client names its bets with it, so that
 * their ids arrive in the order of time. `random` is 10 bytes.
 */
export function uuid7(
  now: number = Date.now(),
  random: Uint8Array = crypto.getRandomValues(new Uint8Array(10)),
) {
  const time = now.toString(16).padStart(12, '0')
  const bytes = [...random]
  bytes[0] = (bytes[0]! & 0x0f) | 0x70
  bytes[2] = (bytes[2]! & 0x3f) | 0x80
  const tail = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${time.slice(0, 8)}-${time.slice(8)}-${tail.slice(0, 4)}-${tail.slice(4, 8)}-${tail.slice(8)}`
}
