import { memo, useId, useMemo, useState } from 'react'
import type { Output } from '../../src/contract/api.ts'
import type { Changes } from '../../src/contract/changes.ts'
import { visible } from '../../src/contract/visible-text.ts'
import { count, megabytes } from '../../src/contract/words.ts'
import { Button } from './button.tsx'
import { type Language, languageOf, tokensOf } from './code.ts'
import { type PatchFile, type PatchLine, readPatch } from './patch-lines.ts'
import { Line, Name } from './texts.tsx'

/** What an attempt changed: its commits, its files, and the patch, file by file; nothing but a word where it changed none. */
export function Patch({ changes, patch }: Pick<Output<'getPatch'>, 'changes' | 'patch'>) {
  const files = useMemo(() => readPatch(patch), [patch])
  const id = useId()
  if (changes === null && files.length === 0) {
    return <p className="dim">Nobody looked at what it changed: it ran in no git work tree.</p>
  }
  return (
    <div className="patch">
      {changes ? <Summary changes={changes} /> : null}
      {changes && changes.files.length > 0 ? <FileNames changes={changes} files={files} id={id} /> : null}
      {files.map((file, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a path may come twice, and files of a patch never move
        <File key={`${at} ${file.path}`} file={file} id={`${id}-${at}`} />
      ))}
    </div>
  )
}

function Summary({ changes }: { changes: Changes }) {
  const { files, commits, branch, worktree, shared, before, cut, patch_bytes } = changes
  const sum = (key: 'added' | 'deleted') => files.reduce((total, file) => total + (file[key] ?? 0), 0)
  return (
    <div className="patch-summary">
      <p className="facts">
        {files.length === 0 ? (
          <span className="dim">It changed no file.</span>
        ) : (
          <span>
            {count(files.length, 'file')} <Numbers added={sum('added')} deleted={sum('deleted')} />
          </span>
        )}
        {branch ? (
          <span className="dim">
            on <Name text={branch} />
          </span>
        ) : null}
        {worktree ? (
          <span className="dim">
            in <Name text={worktree} />
          </span>
        ) : null}
        {before.dirty ? <span className="dim">there were changes before it began</span> : null}
      </p>
      {shared ? (
        <p className="state-waiting">
          ! Another task ran in the same tree meanwhile: some of this may be its.
        </p>
      ) : null}
      {cut ? (
        <p className="state-waiting">
          ! The patch has {megabytes(patch_bytes)}: not all of it is kept, and not all of it is here.
        </p>
      ) : null}
      {commits.length > 0 ? (
        <ul className="commits" aria-label="Commits">
          {commits.map(({ id, subject }) => (
            <li key={id}>
              <code className="dim">{id.slice(0, 8)}</code> <Line text={subject} />
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  )
}

/** With one file, its own head says the same. */
function FileNames({ changes, files, id }: { changes: Changes; files: PatchFile[]; id: string }) {
  if (changes.files.length < 2 && files.length > 0) return null
  return (
    <ul className="patch-files" aria-label="Changed files">
      {changes.files.map(({ path, added, deleted }) => {
        const at = files.findIndex(file => file.path === path)
        return (
          <li key={path}>
            {at < 0 ? (
              <Line text={path} className="mono" />
            ) : (
              // An address of its own would be another page to the router: it is a place on this one.
              <button
                type="button"
                className="mono"
                onClick={() => document.getElementById(`${id}-${at}`)?.scrollIntoView()}
              >
                <Line text={path} />
              </button>
            )}
            {added === null ? (
              <span className="dim">no text</span>
            ) : (
              <Numbers added={added} deleted={deleted ?? 0} />
            )}
          </li>
        )
      })}
    </ul>
  )
}

function Numbers({ added, deleted }: { added: number; deleted: number }) {
  return (
    <span className="number">
      <span className="patch-plus">+{added}</span> <span className="patch-minus">−{deleted}</span>
    </span>
  )
}

/** A page with more lines than this is slow to draw: the others come when they are wanted. */
const shownFirst = 400
const shownMore = 4000

const File = memo(({ file, id }: { file: PatchFile; id: string }) => {
  const [shown, setShown] = useState(shownFirst)
  const language = useMemo(() => languageOf(file.path), [file.path])
  const left = file.lines.length - shown
  return (
    <section className="patch-file" id={id} aria-label={`Changes of ${visible(file.path)}`}>
      <h3>
        <Name text={file.from === undefined ? file.path : `${file.from} → ${file.path}`} />
        {file.what === 'changed' ? null : <span className="dim">{file.what}</span>}
        {file.what === 'binary' ? null : <Numbers added={file.added} deleted={file.deleted} />}
      </h3>
      <div className="patch-lines">
        {file.lines.slice(0, shown).map((line, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of a patch never move
          <Row key={at} line={line} language={language} />
        ))}
      </div>
      {left > 0 ? (
        <Button look="quiet" onPress={() => setShown(shown + shownMore)}>
          Show {count(Math.min(left, shownMore), 'more line')}
          {left > shownMore ? ` of ${left}` : ''}
        </Button>
      ) : null}
    </section>
  )
})

const signs: Record<PatchLine['kind'], string> = {
  added: '+',
  deleted: '-',
  context: ' ',
  hunk: '',
  note: '',
}

/** Of a longer line, this much is shown. */
const longestLine = 2000

function Row({ line, language }: { line: PatchLine; language: Language }) {
  const { kind, before, after } = line
  const text = withTabs(line.text)
  const isCode = kind !== 'hunk' && kind !== 'note'
  const shown = text.slice(0, longestLine)
  return (
    <div className={`patch-line ${kind}`} data-before={before} data-after={after}>
      <span className="patch-sign">{signs[kind]}</span>
      <bdi className="patch-code">
        {isCode
          ? tokensOf(shown, language).map(({ text, look }, at) =>
              look === '' ? (
                visible(text)
              ) : (
                // biome-ignore lint/suspicious/noArrayIndexKey: tokens of a line never move
                <span key={at} className={`code-${look}`}>
                  {visible(text)}
                </span>
              ),
            )
          : visible(shown)}
        {text.length > longestLine ? (
          <span className="dim"> … {text.length - longestLine} more characters</span>
        ) : null}
      </bdi>
    </div>
  )
}

/** Tabs are no mischief in code. */
const withTabs = (text: string): string => text.replace(/\r$/, '').replaceAll('\t', '    ')
