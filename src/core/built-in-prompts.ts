import type { Prompt } from '../contract/prompts.ts'
import { variablesOf } from '../contract/templates.ts'

/**
 * The prompts that come with SparkQ. They live in the code and not as rows: a later version improves them without
 * touching what a person has stored, teardown leaves nothing of them, and deleting one's own brings them back.
 *
 * Each is for an agent that nobody watches: what to change, how to check it, what to report, when to stop.
 */
export const builtInPrompts: readonly Prompt[] = [
  builtIn(
    'explain',
    'Read code and write down how it works',
    `Explain {{what}} to a developer who is new to this repository.

Read the code itself; trust it over comments and documents that say otherwise. Write to {{file=docs/NOTES.md}}, in at most
two pages: what it is for, its parts and how they call each other (with file names), what must stay true, the three things
most likely to surprise. Say which statements you could not verify.

Change no code. If {{file=docs/NOTES.md}} exists, keep what is still right in it and correct what is not.
Report in five lines: what you wrote where, and the contradictions you found between code and documents.`,
  ),
  builtIn(
    'fix-tests',
    'Find out why tests fail, and mend the cause',
    `Make \`{{command=npm test}}\` pass.

1. Run it and read the first failure to its cause before you change anything.
2. Mend the cause, in the code if the code is wrong, in the test only if the test is. One failure after the other; run the
   tests again after each.
3. Do not skip, delete or weaken a test, raise a limit, or add a wait to make a failure go away.

You are done when the whole command passes twice in a row. Stop and report if a failure needs a decision (two tests want
opposite things, the intended behaviour is not written down), something outside the repository, or if three attempts at the
same failure did not help; leave the others mended.
Report for each failure: the test, the cause in one sentence, what you changed, and what is left.`,
  ),
  builtIn(
    'night-report',
    'Sum up what was done since some time',
    `Write the report of the work since {{since=8 hours ago}}, for someone with two minutes and a coffee.

Look at \`git log --since="{{since=8 hours ago}}" --stat --all\`, at uncommitted changes, and at \`sparkq tasks\` with
\`sparkq task ID\` for what failed. Change nothing.

Four parts, in this order, each as short as it can be and left out when empty:
- Needs you: decisions and failures, each with the one command or file to look at first.
- Done: what a user of the software would notice, not a list of commits.
- Doubtful: changes that look wrong, half done or untested, with file and line.
- Next: at most three things.`,
  ),
  builtIn(
    'review-diff',
    'Review the changes of a branch as a careful colleague',
    `Review \`git diff {{base=main}}...{{branch=HEAD}}\`. Change no file.

Read every changed file whole, and the callers of what changed. Look for, in this order: wrong results, lost data, races and
unhandled failures; security; behaviour that changed without a test; names and structure that will mislead the next reader.
Leave out matters of taste and what a formatter would do. {{focus=}}

Try to prove each finding: name the input and the path that lead to it, and run the code or a test where that settles it.
Drop what you cannot support.

Report the findings, the worst first: file:line, what goes wrong, when, and the smallest fix. Then one sentence: merge as it
is, merge after these fixes, or do not merge. If there is nothing to find, say that and what you looked at.`,
  ),
  builtIn(
    'update-deps',
    'Bring dependencies up to date, one step at a time',
    `Bring the dependencies of this repository up to date: {{which=minor and patch versions only}}.

Run \`{{check=npm test}}\` first; if it fails before you changed anything, stop and report that. Then go one package (or one
family of packages) at a time: read its changelog between the two versions, update it and the lock file, adapt the code,
run \`{{check=npm test}}\`, commit. A package that breaks something you cannot mend in a few lines stays where it was.

Add no package and do not replace one by another.
Report a table: package, from, to, what had to change. Then the ones left behind, each with the reason, and any that are no
longer maintained or have a known vulnerability.`,
  ),
  builtIn(
    'write-tests',
    'Write the tests that a file lacks',
    `Write tests for {{file}}.

First list what it promises: every exported function with its normal case, its edges (empty, one, many, wrong type, too
large, at the same time) and its failures. Compare that with the tests there are, and write the ones that are missing, in
the style and place of the existing tests. Test what it does, not how it does it; no mocks where the real thing can be used.

For each test make sure it can fail: break the code for a moment, see it fail, put the code back. If the code is wrong, do
not change it: mark that test as known to fail in the way this repository does, and report it.

Run \`{{command=npm test}}\` at the end; all must pass but those. Report: the cases you added, the bugs you found with the
input that shows each, and what stays untested and why.`,
  ),
]

function builtIn(command: string, description: string, template: string): Prompt {
  return {
    id: `prm_built-in-${command}`,
    command,
    description,
    template,
    variables: variablesOf(template),
    source: 'built-in',
    created_at: null,
    updated_at: null,
  }
}
