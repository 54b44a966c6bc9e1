// The least that a server of ours could be: Fastify, a JSON body read, a small answer. Tells its address over IPC.
import fastify from 'fastify'

const app = fastify()
app.post('/hello', async request => ({ hello: Object.keys(request.body as object).length }))
process.send?.(await app.listen({ host: '127.0.0.1', port: 0 }))
process.once('disconnect', () => process.exit())
