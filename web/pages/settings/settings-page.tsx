import type { ComponentType } from 'react'
import { useActions } from '../../parts/actions.ts'
import { Link } from '../../parts/link.tsx'
import { PageFrame } from '../../parts/page.tsx'
import { navigate, type Place } from '../../parts/router.ts'
import { Empty } from '../../parts/trouble.tsx'
import { AuditTab } from './audit-tab.tsx'
import { ConfigTab } from './config-tab.tsx'
import { ProvidersTab, RunnersTab, ScriptsTab } from './looks.tsx'
import { ClassesTab, PromptsTab, ToolsTab } from './things.tsx'

const tabs: Record<string, { title: string; show: ComponentType }> = {
  config: { title: 'Config', show: ConfigTab },
  tools: { title: 'Tools', show: ToolsTab },
  classes: { title: 'Classes', show: ClassesTab },
  prompts: { title: 'Prompts', show: PromptsTab },
  scripts: { title: 'Scripts', show: ScriptsTab },
  providers: { title: 'Providers', show: ProvidersTab },
  runners: { title: 'Runners', show: RunnersTab },
  audit: { title: 'Audit log', show: AuditTab },
}

/** What SparkQ works with, and what happened; each of its tabs is an address. */
export default function SettingsPage({ params }: Place) {
  const tab = params.tab ?? 'config'
  useActions(
    Object.entries(tabs).map(([name, { title }], at) => ({
      title: `Settings: ${title}`,
      key: String(at + 1),
      run: () => navigate(`/ui/settings/${name}`, { replace: true }),
    })),
  )
  const known = Object.hasOwn(tabs, tab) ? tabs[tab] : undefined
  return (
    <PageFrame title={known ? `Settings · ${known.title}` : 'Settings'} heading={<h1>Settings</h1>}>
      <nav className="tabs" aria-label="Kinds of settings">
        {Object.entries(tabs).map(([name, { title }]) => (
          <Link
            key={name}
            href={`/ui/settings/${name}`}
            {...(name === tab ? { 'aria-current': 'page' as const } : {})}
          >
            {title}
          </Link>
        ))}
      </nav>
      <div className="settings-body">
        {known ? <known.show /> : <Empty>There are no settings that are called that.</Empty>}
      </div>
    </PageFrame>
  )
}
