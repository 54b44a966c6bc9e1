import { applyTheme, chosenTheme } from './shell/theme.ts'

// Runs before anything is painted, so that a chosen theme does not follow a flash of the other.
applyTheme(chosenTheme())
