// swift-tools-version: 6.2
import PackageDescription

// `-warnings-as-errors` only in our own lint and CI builds, so that a newer compiler never breaks a user's.
let strict: [SwiftSetting] = Context.environment["BPFTEST_STRICT"] == "1" ? [.treatAllWarnings(as: .error)] : []
let settings: [SwiftSetting] = [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny")] + strict

let package = Package(
  name: "bpftest",
  products: [
    .executable(name: "bpftest", targets: ["bpftest"]),
    .executable(name: "bpftest-guest", targets: ["bpftest-guest"]),
    .library(name: "BPFTesting", targets: ["BPFTesting"]),
    .plugin(name: "BPFPlugin", targets: ["BPFPlugin"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0", traits: []),
  ],
  targets: [
    .systemLibrary(
      name: "CLibbpf", pkgConfig: "libbpf", providers: [.apt(["libbpf-dev", "libelf-dev", "zlib1g-dev"])]),
    .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
    .target(name: "CBPFShims"),
    .target(name: "Spelling", swiftSettings: settings),
    .target(name: "BPF", dependencies: ["CLibbpf", "CBPFShims", "Spelling"], swiftSettings: settings),
    .target(name: "Packets", dependencies: ["Spelling"], swiftSettings: settings),
    .target(name: "TestPlan", dependencies: ["CXXHash"], swiftSettings: settings),
    .target(name: "Results", swiftSettings: settings),
    .target(name: "Executor", dependencies: ["BPF", "CBPFShims", "TestPlan"], swiftSettings: settings),
    // The cache's folder, names for files and their contents, and what is to be removed when the process is made to end.
    .target(name: "Housekeeping", dependencies: ["CXXHash"], swiftSettings: settings),
    .target(
      name: "Compiling",
      dependencies: [
        "BPF", "Housekeeping", "TestPlan", .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      swiftSettings: settings),
    // Programs that are generated around a function, to call it alone.
    .target(name: "Calls", dependencies: ["BPF", "Compiling", "Housekeeping", "Spelling"], swiftSettings: settings),
    // The public library: what XCTest and Swift Testing suites import.
    .target(
      name: "BPFTesting",
      dependencies: ["BPF", "Calls", "Compiling", "Executor", "Housekeeping", "Packets", "TestPlan"],
      swiftSettings: settings),
    .target(name: "Skeletons", dependencies: ["BPF"], swiftSettings: settings),
    .executableTarget(
      name: "bpftest-skeleton", dependencies: ["BPF", "Compiling", "Skeletons"], swiftSettings: settings),
    .plugin(
      name: "BPFPlugin", capability: .buildTool(), dependencies: ["bpftest-skeleton"], path: "Sources/BPFPlugin"),
    .target(
      name: "Fixtures",
      dependencies: [
        "BPF", "Calls", "Compiling", "Housekeeping", "Packets", "Results", "Spelling", "TestPlan", "Yams",
      ],
      swiftSettings: settings),
    .target(
      name: "Kernels",
      dependencies: ["Housekeeping", "Yams", .product(name: "Subprocess", package: "swift-subprocess")],
      swiftSettings: settings),
    .target(
      name: "MicroVM", dependencies: ["Kernels", "TestPlan", "CBPFShims"], swiftSettings: settings),
    .target(
      name: "Matrix",
      dependencies: [
        "BPF", "Compiling", "Executor", "Fixtures", "Housekeeping", "Kernels", "MicroVM", "Packets", "Results",
        "TestPlan", "Yams",
      ],
      swiftSettings: settings),
    .target(name: "Reporting", dependencies: ["Results"], swiftSettings: settings),
    .executableTarget(
      name: "bpftest",
      dependencies: [
        "Matrix", "Packets", "Reporting", "Results", "Kernels", "MicroVM", "Spelling",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .target(name: "CGuestShims", dependencies: ["CBPFShims"]),
    .executableTarget(
      name: "bpftest-guest", dependencies: ["Executor", "TestPlan", "CBPFShims", "CGuestShims"],
      swiftSettings: settings,
      // See CGuestShims.
      linkerSettings: [
        .unsafeFlags([
          "-Xlinker", "--wrap=btf__load_vmlinux_btf", "-Xlinker", "--wrap=btf__free",
          "-Xlinker", "--wrap=btf__find_by_name_kind", "-Xlinker", "--wrap=btf__parse",
          "-Xlinker", "--wrap=uname",
        ])
      ]),
    .target(name: "CBenchLoops", dependencies: ["CLibbpf"]),
    .executableTarget(
      name: "bpftest-bench",
      dependencies: [
        "BPF", "CBenchLoops", "Fixtures", "Kernels", "Matrix", "MicroVM", "Packets", "Results", "TestPlan", "Yams",
      ],
      swiftSettings: settings),

    .testTarget(
      name: "BPFTests", dependencies: ["BPF", "CLibbpf"], exclude: ["Rejections"], swiftSettings: settings),
    .testTarget(name: "ExecutorTests", dependencies: ["BPF", "Executor", "TestPlan"], swiftSettings: settings),
    .testTarget(
      name: "PacketsTests", dependencies: ["Packets"], exclude: ["Scapy", "Tshark"], swiftSettings: settings),
    .testTarget(name: "TestPlanTests", dependencies: ["TestPlan"], swiftSettings: settings),
    .testTarget(
      name: "FixturesTests",
      dependencies: [
        "BPF", "Calls", "Compiling", "Fixtures", "Housekeeping", "Packets", "Results", "TestPlan", "Yams",
      ],
      swiftSettings: settings),
    .testTarget(name: "SkeletonsTests", dependencies: ["BPF", "Skeletons"], swiftSettings: settings),
    .testTarget(name: "KernelsTests", dependencies: ["Kernels"], swiftSettings: settings),
    .testTarget(name: "MicroVMTests", dependencies: ["Kernels", "MicroVM", "TestPlan"], swiftSettings: settings),
    .testTarget(name: "MatrixTests", dependencies: ["Fixtures", "Matrix"], swiftSettings: settings),
    .testTarget(name: "ReportingTests", dependencies: ["Reporting", "Results"], swiftSettings: settings),
    .testTarget(
      name: "CLITests", dependencies: [.product(name: "Subprocess", package: "swift-subprocess")],
      swiftSettings: settings),
    .testTarget(
      name: "IntegrationTests",
      dependencies: [
        "BPF", "BPFTesting", "Compiling", "Executor", "Fixtures", "Housekeeping", "Kernels", "Matrix", "MicroVM",
        "Packets", "Results", "TestPlan", "Yams", .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      exclude: ["Verdicts", "Rejections"], swiftSettings: settings),
  ]
)
