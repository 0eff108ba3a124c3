/** Says something to a screen reader, politely: for what is asked for and is no live region. */
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
}
