// Package moduletest tests a module in both placements: called directly, and as a
// process of its own, which is the test binary executed again.
//
//	func TestMain(m *testing.M) { moduletest.Main(m, subtitles.New) }
//
//	func TestModule_behaves_in_both_placements(t *testing.T) {
//		moduletest.Run(t, moduletest.Case{New: subtitles.New})
//	}
//
// Run puts the module behind the gateway's own catalog and HTTP pipeline, on a
// real store. Only the guard is a stand-in: it admits by the rule and by what the
// test's header says about the caller.
package moduletest
