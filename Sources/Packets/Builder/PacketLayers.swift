/// Taking a packet apart.
extension Packet {
  /// The names of its layers, from the link up.
  public var layerNames: [String] { slots.map { $0.id.type.name } }

  /// The first layer of a type; set it to change the packet, or to `nil` to take the layer out.
  ///
  /// Lengths, checksums and next-protocol numbers that were right are computed again for the changed packet; those that
  /// were wrong on purpose stay as they are.
  public subscript<L: PacketLayer>(_ type: L.Type) -> L? {
    get { self[type, 0] }
    set { self[type, 0] = newValue }
  }

  /// The layer of a type that has so many others of it below: `packet[IPv4.self, 1]` is the inner one of a tunnel.
  public subscript<L: PacketLayer>(_ type: L.Type, _ number: Int) -> L? {
    get {
      let layers = ExpressionPrinter.shortest(self)
      return place(of: L.kind, number, in: layers).map { L(fields: LayerFields(layer: layers[$0])) }
    }
    set {
      var layers = ExpressionPrinter.shortest(self)
      guard let index = place(of: L.kind, number, in: layers) else { return }
      var problem = problem
      if let newValue {
        layers[index] = newValue.fields.layer
        problem = problem ?? newValue.fields.problem
      } else {
        layers.remove(at: index)
      }
      self = Packet(layers: layers)
      self.problem = problem
    }
  }

  private func place(of kind: LayerKind, _ number: Int, in layers: [Layer]) -> Int? {
    let all = layers.indices.filter { layers[$0].id == kind.id }
    return all.indices.contains(number) ? all[number] : nil
  }
}
