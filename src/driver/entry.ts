// What the recorder starts in place of a tool: see main.ts.
import { main } from './main.ts'

await main(process.argv.slice(2))
