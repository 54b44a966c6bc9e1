import { test } from 'node:test'
import { overCore } from '../conformance/implementations.ts'
import { checkModel } from './property.ts'

test('any sequence of calls does to a database what it does to the model', () => checkModel(overCore, 300))
