import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPurging } from '../../src/server/maintenance.ts'
import { openProject } from '../support/project.ts'

test('a purge that failed is tried again at the next look; one that was done is not', async t => {
  const { core } = openProject(t)
  let tries = 0
  const purge = async () => {
    tries += 1
    if (tries === 1) throw new Error('The disk is full.')
    return core.purge()
  }
  const look = createPurging({ core: { ...core, purge }, log: () => {} })
  await assert.rejects(look(), /disk is full/)
  await look()
  await look()
  assert.equal(tries, 2)
})
