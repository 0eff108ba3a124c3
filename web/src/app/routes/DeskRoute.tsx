export default function DeskRoute() {
  return null
}
