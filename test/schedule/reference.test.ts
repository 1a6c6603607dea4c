import { describe } from 'vitest'
import { goldenCases, itPlansLike, settingsOf } from './golden'

describe.each(goldenCases)('the plan of $name is the reference’s', (golden) => {
  itPlansLike(golden, settingsOf(golden))
})
