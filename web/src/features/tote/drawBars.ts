/** Draws stacked bars on a canvas as large as its box. Colours come from the tokens that hold where it stands. */

/** Gap between bars, as a part of a bar's slot. */
const GAP = 0.28
/** The oldest bar is this pale. */
const PALE = 0.5

function fitToBox(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
  const width = Math.round(canvas.clientWidth * devicePixelRatio)
  const height = Math.round(canvas.clientHeight * devicePixelRatio)
  if (width === 0 || height === 0) return null
  // Setting a size empties the canvas; an equal one would do so for nothing.
  if (canvas.width !== width) canvas.width = width
  if (canvas.height !== height) canvas.height = height
  return canvas.getContext('2d')
}

/** `bars` as sidePulse gives them, the last part of each is everything else; `top` is the amount at the upper edge. */
export function drawBars(canvas: HTMLCanvasElement, bars: readonly number[][], top: number) {
  const context = fitToBox(canvas)
  if (!context) return
  const css = getComputedStyle(canvas)
  const others = css.getPropertyValue('--side-others')
  const sides = [1, 2, 3].map((side) => css.getPropertyValue(`--side-${side}`))
  const { width, height } = canvas
  const slot = width / bars.length
  const wide = Math.max(1, Math.round(slot * (1 - GAP)))
  const dash = Math.max(1, Math.round(2 * devicePixelRatio))
  context.clearRect(0, 0, width, height)
  context.fillStyle = css.getPropertyValue('--line')
  context.fillRect(0, 0, width, dash / 2)
  bars.forEach((parts, i) => {
    const x = Math.round(i * slot + (slot - wide))
    const total = parts.reduce((sum, part) => sum + part, 0)
    context.globalAlpha = PALE + (1 - PALE) * (i / (bars.length - 1))
    if (total <= 0) {
      context.fillStyle = others
      context.globalAlpha *= 0.6
      context.fillRect(x, height - dash, wide, dash)
      return
    }
    const tall = Math.max(dash, Math.round((total / top) * height))
    context.save()
    context.beginPath()
    context.roundRect(x, height - tall, wide, tall, [wide / 3, wide / 3, 0, 0])
    context.clip()
    let staked = 0
    parts.forEach((part, side) => {
      // From whole pixel to whole pixel, so that no edge shows through another.
      const floor = Math.round((staked / total) * tall)
      staked += part
      const roof = Math.round((staked / total) * tall)
      context.fillStyle = (side < parts.length - 1 && sides[side]) || others
      context.fillRect(x, height - roof, wide, roof - floor)
    })
    context.restore()
  })
  context.globalAlpha = 1
}
