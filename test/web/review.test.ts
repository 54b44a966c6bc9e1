import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { waitFor } from '../support/wait.ts'
import { overflowOf, type Ui, uiTest, violationsOf } from './support.ts'

const markup = '<img src=x onerror=alert(1)>'
const config = `server: {port: 0, host: 127.0.0.1}
review: {changes: all, needs: [all]}
`

/** The project is a git work tree: what its tasks change is looked at. */
function makeTree({ folder }: Ui): void {
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args])
  git('init', '-q')
  fs.writeFileSync(path.join(folder, 'greet.ts'), "export const greet = 'hello'\nexport const old = 1\n")
  git('add', 'greet.ts')
  git('commit', '-qm', 'first')
}

async function addDone(ui: Ui, payload: Record<string, unknown>): Promise<string> {
  const { task } = await ui.core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload })
  await waitFor(
    `${task.friendly_id} has ended`,
    async () => (await ui.core.getTask({ id: task.id })).task.finished_at,
  )
  return task.friendly_id
}

const reviewOf = async ({ core }: Ui, id: string) => {
  const { review, review_note } = (await core.getTask({ id })).task
  return [review, review_note]
}

const detail = (page: Page) => page.locator('.review-detail')
const current = (page: Page) => page.locator('.review-list [aria-current]')

uiTest(
  'tasks are decided on one after the other, by keyboard, with all there is to know',
  async (t, ui) => {
    makeTree(ui)
    await ui.core.updateQueue({ id: 'default', instructions: `# Greetings\n${markup}` })
    const change = `printf "export const greet = '${markup}'\\n// new\\n" > greet.ts; echo written`
    const one = await addDone(ui, { command: change, check: 'test -s greet.ts' })
    const two = await addDone(ui, {
      command: `echo out; echo '${markup}\u202e' >&2; printf '\\033[31mred\\033[0m\\n'; exit 7`,
    })
    const three = await addDone(ui, { command: 'true', check: 'echo no; false' })
    const page = await ui.open('/ui/')

    await t.test('the number of them is in the navigation, the title and the icon', async () => {
      await waitFor('the title has it', async () => (await page.title()) === '(3) SparkQ')
      const icon = await page.locator('link[rel=icon]').getAttribute('href')
      assert.match(icon ?? '', /\/icon-3-/)
      assert.match(await page.evaluate(`fetch('${icon}').then(it => it.text())`), />3<\/text>/)
      await page.getByRole('link', { name: 'Review 3 to look at' }).waitFor()
      await page.getByRole('link', { name: '3 to review' }).press('Enter')
      await page.getByRole('heading', { name: 'Review' }).waitFor()
      assert.equal(page.url(), `${ui.url}/ui/review`)
    })

    await t.test('the first one is shown with its patch, its check and its last lines', async () => {
      await current(page).getByText(one).waitFor()
      const shown = detail(page)
      await shown.getByText('✓ passed').waitFor()
      await shown.getByText('written').first().waitFor()
      await shown.getByText('1 file +2 −2').waitFor()
      assert.equal(
        await shown.locator('.patch-line.added').first().textContent(),
        `+export const greet = '${markup}'`,
      )
      assert.equal(await shown.locator('.patch-line.added .code-comment').textContent(), '// new')
      assert.equal(await shown.locator('.patch-line.deleted').count(), 2)
      await shown.getByText('Instructions of default').press('Enter')
      await shown.getByRole('group', { name: 'Instructions of default' }).getByText(markup).waitFor()
      assert.equal(await page.locator('img').count(), 0)
    })

    await t.test('j and k go through them', async () => {
      await page.keyboard.press('j')
      await current(page).getByText(two).waitFor()
      const lines = detail(page).getByRole('group', { name: `Last lines of ${two}` })
      await lines.locator('.stderr').getByText(markup).waitFor()
      await lines.locator('.fore-red').getByText('red').waitFor()
      await page.keyboard.press('j')
      await detail(page).getByText('✗ failed', { exact: true }).waitFor()
      assert.equal(page.url(), `${ui.url}/ui/review?task=${three}`)
      await page.keyboard.press('k')
      await page.keyboard.press('k')
      await current(page).getByText(one).waitFor()
    })

    await t.test('a accepts and goes on; u takes it back', async () => {
      await page.keyboard.press('a')
      await page.getByText(`Accepted ${one}.`).waitFor()
      await current(page).getByText(two).waitFor()
      assert.deepEqual(await reviewOf(ui, one), ['accepted', null])
      await waitFor('the title counts', async () => (await page.title()).startsWith('(2)'))
      await page.keyboard.press('u')
      await page.getByText(`${one} is to be reviewed again.`).waitFor()
      await current(page).getByText(one).waitFor()
      assert.deepEqual(await reviewOf(ui, one), ['unreviewed', null])
      await page.keyboard.press('a')
      await current(page).getByText(two).waitFor()
    })

    await t.test('x rejects with a note', async () => {
      await page.keyboard.press('x')
      await page.getByLabel('Note').waitFor()
      await page.keyboard.type('not like that')
      await page.keyboard.press('Control+Enter')
      await current(page).getByText(three).waitFor()
      assert.deepEqual(await reviewOf(ui, two), ['rejected', 'not like that'])
    })

    await t.test('a decision made elsewhere is seen, and a new task comes in', async () => {
      const four = await addDone(ui, { command: 'echo four' })
      await page.locator('.review-list').getByText(four).waitFor()
      await ui.core.reviewTask({ id: four, decision: 'accepted' })
      await page.locator('.review-list').getByText(four).waitFor({ state: 'detached' })
    })

    await t.test('r queues a copy with a note, and undoing it takes the copy away', async () => {
      await ui.core.pauseQueue({ id: 'default' })
      await page.keyboard.press('r')
      await page.getByLabel('Note').waitFor()
      await page.keyboard.type('once more')
      await page.keyboard.press('Control+Enter')
      await page.getByText('Nothing left to review.').waitFor()
      assert.deepEqual(await reviewOf(ui, three), ['requeued', 'once more'])
      await page.getByRole('region', { name: 'Going on' }).getByText('1 queued').waitFor()
      await page.getByRole('button', { name: 'Undo' }).last().press('Enter')
      await current(page).getByText(three).waitFor()
      assert.deepEqual(await reviewOf(ui, three), ['unreviewed', null])
      assert.equal((await ui.core.listTasks({ status: 'queued' })).tasks.length, 0)
      await page.keyboard.press('o')
      await page.getByRole('heading', { level: 1, name: three }).waitFor()
      await page.goBack()
      await current(page).getByText(three).waitFor()
    })

    await t.test('at the end c closes the review: what happened is no news any more', async () => {
      await page.keyboard.press('a')
      await page.getByText('Nothing left to review.').waitFor()
      await waitFor('nothing is counted', async () => (await page.title()) === 'Review · SparkQ')
      const { upto } = (await ui.core.getReview()).review
      await page.keyboard.press('c')
      await page.getByText('Closed the review.').waitFor()
      const { since, succeeded, failed } = (await ui.core.getReview()).review
      assert.ok(since !== null && upto > 0)
      assert.deepEqual([succeeded, failed], [0, 0])
      await page.getByText('nothing finished').waitFor()
    })
  },
  { 'sparkq.yml': config },
)

uiTest(
  'questions come first, and are answered with what they propose or with words of one’s own',
  async (t, ui) => {
    const { core } = ui
    await core.createQueue({ session_id: 'default', name: 'chat' })
    const ask = async (question: string, options: string[]) => {
      await core.createTask({ queue_id: 'chat', tool_name: 'llm-chat', payload: { prompt: question } })
      const { task } = await core.claimTask({ id: 'chat', worker_id: 'me', tools: ['llm-chat'] })
      assert.ok(task)
      const { id, attempt } = task
      return (await core.askQuestion({ id, attempt: attempt ?? 1, question, options })).question
    }
    await core.createTool({ name: 'llm-chat', task_class: 'LLM_LITE' })
    const failed = await addDone(ui, { command: 'exit 3' })
    const first = await ask(`Which one?\n${markup}`, ['the old', markup])
    const second = await ask('And now?', [])
    const page = await ui.open('/ui/review')

    await t.test('they fit a phone and a desktop, in both themes', async () => {
      for (const colorScheme of ['light', 'dark'] as const) {
        for (const width of [1280, 360]) {
          await page.emulateMedia({ colorScheme })
          await page.setViewportSize({ width, height: 800 })
          for (const address of [`?task=${first.id}`, `?task=${second.id}`, `?task=${failed}`]) {
            await page.goto(`${ui.url}/ui/review${address}`)
            await detail(page).getByText('llm-chat').or(detail(page).getByText('exit 3')).first().waitFor()
            assert.deepEqual(await violationsOf(page), [], `${address} ${colorScheme} ${width}`)
            assert.equal(await overflowOf(page), 0)
          }
        }
      }
      await page.setViewportSize({ width: 1280, height: 800 })
      await page.goto(`${ui.url}/ui/review`)
    })

    await t.test('a number gives the answer that is proposed', async () => {
      await current(page).getByText('asks').waitFor()
      await detail(page).getByText(markup).first().waitFor()
      await detail(page).getByRole('button', { name: markup }).waitFor()
      await page.keyboard.press('2')
      await page.getByText(`Answered ${first.friendly_id}, which goes on.`).waitFor()
      const { questions } = await core.listQuestions({ task_id: first.task_id })
      assert.equal(questions[0]?.answer, markup)
    })

    await t.test('the next one takes any words', async () => {
      await detail(page).getByRole('group', { name: 'Question' }).getByText('And now?').waitFor()
      await page.getByLabel('Answer', { exact: true }).fill('go on')
      await page.keyboard.press('Control+Enter')
      await current(page).getByText(failed).waitFor()
      assert.equal((await core.listQuestions({ task_id: second.task_id })).questions[0]?.answer, 'go on')
      assert.equal(await page.locator('img').count(), 0)
    })

    await t.test('a question that is asked meanwhile appears', async () => {
      const third = await ask('Still there?', ['yes'])
      await page.locator('.review-list').getByText('Still there?').waitFor()
      await core.answerQuestion({ id: third.id, answer: 'no' })
      await page.locator('.review-list').getByText('Still there?').waitFor({ state: 'detached' })
    })
  },
)
