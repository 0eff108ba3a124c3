import { useEffect, useState } from 'react'

const TYPED_MS = 250

/** What stands still for a moment: a question to the server for each letter would be many for nothing. */
export function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), TYPED_MS)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}
