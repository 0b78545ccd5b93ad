import BPF
import Glibc
import Testing

@Suite struct SocketAddressTests {
  @Test(arguments: ["127.0.0.1:80", "[::1]:65535", "[fd00::1]:0"])
  func readsAndWritesTheUsualNotation(text: String) throws {
    #expect(try #require(SocketAddress(text)).description == text)
  }

  @Test func isTheSockaddrThatBindTakes() throws {
    let address = try #require(SocketAddress("10.0.0.1:8080"))
    #expect(address.bytes == [2, 0, 0x1f, 0x90, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])
    #expect(address.port == 8080 && address.address == [10, 0, 0, 1] && address.family == AF_INET)
    #expect(try #require(SocketAddress("[::1]:1")).bytes.count == MemoryLayout<sockaddr_in6>.size)
    // struct sockaddr_ll of linux/if_packet.h: AF_PACKET, ETH_P_ALL in network order, index, twelve bytes of nothing.
    #expect(SocketAddress(device: 3).bytes == [17, 0, 0, 3, 3, 0, 0, 0] + [UInt8](repeating: 0, count: 12))
  }

  @Test(arguments: ["", "80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:80", "[::1]", "[127.0.0.1]:80", "a:1"])
  func refusesWhatIsNone(text: String) {
    #expect(SocketAddress(text) == nil)
  }

  @Test func abstractUnixNamesBeginWithAZero() throws {
    #expect(try #require(SocketAddress(unix: "@a")).bytes == [1, 0, 0, 0x61])
    #expect(try #require(SocketAddress(unix: "/a")).bytes == [1, 0, 0x2f, 0x61, 0])
    #expect(SocketAddress(unix: "@a")?.description == "@a")
    #expect(SocketAddress(unix: "/a")?.description == "/a")
    #expect(SocketAddress(unix: String(repeating: "x", count: 108)) == nil)
  }

  @Test func fewBytesAreNoAddress() {
    for count in 0..<8 {
      let address = SocketAddress(bytes: [UInt8](repeating: 2, count: count))
      #expect(address.address == nil && address.port == nil)
      #expect(!address.description.isEmpty)
    }
  }
}
