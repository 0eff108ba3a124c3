import { expect, it, vi } from 'vitest'
import { Problem } from '@/api/problem'
import { Clash, saveVersioned } from './versionedSave'

const conflict = () => new Problem({ title: 'Conflict', status: 409, code: 'CONFLICT' })
const seen = { version: 3, name: 'Final', places: 1 }

it('saves against the version that was seen', async () => {
  const save = vi.fn(async () => ({ ...seen, version: 4, name: 'Finale' }))
  await saveVersioned({ seen, body: { name: 'Finale' }, save, reload: vi.fn() })
  expect(save).toHaveBeenCalledExactlyOnceWith({ name: 'Finale' }, 3)
})

it('tries again where somebody else changed something else', async () => {
  const save = vi
    .fn()
    .mockRejectedValueOnce(conflict())
    .mockResolvedValueOnce({ ...seen, version: 6 })
  const reload = async () => ({ ...seen, version: 5, places: 3 })
  await saveVersioned({ seen, body: { name: 'Finale' }, save, reload })
  expect(save).toHaveBeenLastCalledWith({ name: 'Finale' }, 5)
})

it('shows theirs where both changed the same', async () => {
  const save = vi.fn().mockRejectedValue(conflict())
  const theirs = { ...seen, version: 5, name: 'The final' }
  const saving = saveVersioned({ seen, body: { name: 'Finale' }, save, reload: async () => theirs })
  await expect(saving).rejects.toEqual(new Clash(theirs, ['name']))
  expect(save).toHaveBeenCalledTimes(1)
})

it('leaves every other refusal as it is, and does not try for ever', async () => {
  const closed = new Problem({ title: 'State', status: 409, code: 'STATE' })
  await expect(
    saveVersioned({ seen, body: {}, save: vi.fn().mockRejectedValue(closed), reload: vi.fn() }),
  ).rejects.toBe(closed)
  let version = 3
  const save = vi.fn().mockRejectedValue(conflict())
  const reload = async () => ({ ...seen, version: ++version })
  await expect(saveVersioned({ seen, body: { name: 'x' }, save, reload })).rejects.toBeInstanceOf(Problem)
  expect(save).toHaveBeenCalledTimes(4)
})
