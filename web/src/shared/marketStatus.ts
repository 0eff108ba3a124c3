/** How the state of a market looks wherever it is shown. */

import type { components } from '@/api/schema'
import type { ChipTone } from './ui/Chip'

const TONES: Record<components['schemas']['MarketState'], ChipTone> = {
  draft: 'plain',
  open: 'chosen',
  suspended: 'pending',
  closed: 'plain',
  resulted: 'pending',
  settling: 'pending',
  settled: 'good',
  voiding: 'pending',
  void: 'plain',
}

export const toneOf = (status: keyof typeof TONES): ChipTone => TONES[status]
