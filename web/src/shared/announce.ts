/** How long it is to be seen, where there is room for it: see base.css. */
const SEEN_MS = 6000
let fading: ReturnType<typeof setTimeout> | undefined

/** Says something, politely: to a screen reader, and on a wide screen at the foot of the page for a moment. */
export function announce(text: string) {
  let region = document.getElementById('announced')
  if (!region) {
    region = document.createElement('div')
    region.id = 'announced'
    region.className = 'said'
    region.setAttribute('role', 'status')
    document.body.append(region)
  }
  const target = region
  target.textContent = ''
  // A region that was just made is not listened to yet.
  setTimeout(() => {
    target.textContent = text
  }, 50)
  clearTimeout(fading)
  fading = setTimeout(() => {
    target.textContent = ''
  }, SEEN_MS)
}
