// swift-tools-version: 6.2
import PackageDescription

// A package as a user of bpftest writes it: its tests need nothing but `swift test`.
let package = Package(
  name: "consumer",
  dependencies: [.package(name: "bpftest", path: "../..")],
  targets: [
    .testTarget(
      name: "PortFilterTests",
      dependencies: [.product(name: "BPFTesting", package: "bpftest")],
      // BPF programs are the plugin's to compile, not SwiftPM's.
      exclude: ["BPF"],
      swiftSettings: [.treatAllWarnings(as: .error)],
      plugins: [.plugin(name: "BPFPlugin", package: "bpftest")])
  ],
  swiftLanguageModes: [.v6]
)
