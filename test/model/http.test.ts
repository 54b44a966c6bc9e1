import { test } from 'node:test'
import { overHttp } from '../conformance/implementations.ts'
import { checkModel } from './property.ts'

test('any sequence of calls over HTTP does to a database what it does to the model', () =>
  checkModel(overHttp, 12))
