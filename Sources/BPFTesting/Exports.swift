@_exported import Packets

// What a suite needs beside this module's own names. `BPF` as a whole stays hidden: its objects, programs and maps belong
// to one thread, and have the same names as those that stand here.
@_exported import enum BPF.AttachKind
@_exported import struct BPF.BPFError
@_exported import struct BPF.BPFEvent
@_exported import struct BPF.BPFMapType
@_exported import struct BPF.BPFProgramType
@_exported import class BPF.BTF
@_exported import struct BPF.BTFCodecError
@_exported import struct BPF.BTFType
@_exported import enum BPF.BTFValue
@_exported import struct BPF.FlowKeys
@_exported import struct BPF.KernelRange
@_exported import struct BPF.KernelRelease
@_exported import struct BPF.NetfilterContext
@_exported import struct BPF.RawTracepointArguments
@_exported import struct BPF.SKBuffContext
@_exported import struct BPF.SKLookupContext
@_exported import enum BPF.TestRunAbility
@_exported import struct BPF.TestRunFlags
@_exported import struct BPF.VerifierLog
@_exported import struct BPF.XDPContext
// A network namespace, devices, sockets and a cgroup for a test: `try withEnvironment(Environment(network: true)) { … }`.
@_exported import class Executor.TestEnvironment
@_exported import func Executor.withEnvironment
@_exported import struct TestPlan.DeviceEnd
@_exported import struct TestPlan.Environment
@_exported import struct TestPlan.InterfaceAddress
@_exported import struct TestPlan.Neighbour
@_exported import struct TestPlan.NetworkDevice
@_exported import struct TestPlan.NetworkSetting
@_exported import struct TestPlan.Route
@_exported import struct TestPlan.SocketOperation
