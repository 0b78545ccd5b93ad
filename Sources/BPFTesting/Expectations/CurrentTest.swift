import Glibc

#if canImport(Testing)
  import Testing
#endif
#if canImport(XCTest)
  import XCTest
#endif

/// The test that is running now, for what goes wrong where nothing can be thrown.
enum CurrentTest {
  /// Makes it fail; where none is known, says so on stderr.
  static func fail(_ message: String) {
    #if canImport(Testing)
      if Test.current != nil {
        Issue.record(Comment(rawValue: message))
        return
      }
    #endif
    #if canImport(XCTest)
      // Where no XCTestCase runs, this does nothing.
      XCTFail(message)
    #endif
    let line = [UInt8]("\(message)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
  }
}
