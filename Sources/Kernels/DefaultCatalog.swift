/// `kernels/catalog.yaml`, inside the program, so that a single static binary can be carried anywhere.
enum DefaultCatalog {
  static let text = #"""
    # The kernels that bpftest knows by default: Debian's cloud kernels, unmodified, as users have them.
    #
    # An entry names a suite and a package pattern, never a fixed version, since mirrors drop old ones; the newest package
    # that matches is fetched. Ids begin with the upstream version, and are what `--kernels` takes.
    #
    # The same text is part of the program (Sources/Kernels/DefaultCatalog.swift); a unit test keeps the two equal.
    # A catalog of your own may also have entries of this kind:
    #   - id: "mine"
    #     path: { vmlinuz: /boot/vmlinuz-6.9.0, modules: /lib/modules/6.9.0 }
    kernels:
      - id: "5.10"
        lts: true
        apt: { suite: bullseye-security, package: "linux-image-5.10.0-*-cloud-amd64" }
      - id: "6.1"
        lts: true
        apt: { suite: bookworm-security, package: "linux-image-6.1.0-*-cloud-amd64" }
      - id: "6.12"
        lts: true
        apt: { suite: bookworm-security, package: "linux-image-6.12.*-cloud-amd64" }
      - id: "6.16"
        apt: { suite: trixie-backports, package: "linux-image-6.16.*-cloud-amd64" }
      - id: "6.17"
        apt: { suite: trixie-backports, package: "linux-image-6.17.*-cloud-amd64" }
      - id: "6.18"
        lts: true
        apt: { suite: trixie-backports, package: "linux-image-6.18.*-cloud-amd64" }
      - id: "6.19"
        apt: { suite: trixie-backports, package: "linux-image-6.19.*-cloud-amd64" }
      - id: "7.0"
        apt: { suite: trixie-backports, package: "linux-image-7.0.*-cloud-amd64" }
      - id: "7.1"
        apt: { suite: trixie-backports, package: "linux-image-7.1.*-cloud-amd64" }
      - id: "7.2"
        apt: { suite: trixie-backports, package: "linux-image-7.2.*-cloud-amd64" }
      - id: "7.3-rc"
        apt: { suite: experimental, package: "linux-image-7.3*-cloud-amd64" }
    """#
}
