/// Taking a packet apart.
extension Packet {
  /// The names of its layers, from the link up.
  public var layerNames: [String] { slots.map { $0.id.type.name } }

  /// How many layers it has.
  public var layerCount: Int { slots.count }

  /// The first layer of a type, with every field as it is on the wire; set it to change the packet, or to `nil` to take the
  /// layer out.
  ///
  /// Lengths, checksums and next-protocol numbers that were right are computed again for the changed packet; those that
  /// were wrong on purpose, and those that were changed, stay as they are.
  public subscript<L: PacketLayer>(_ type: L.Type) -> L? {
    get { self[type, 0] }
    set { self[type, 0] = newValue }
  }

  /// The layer of a type that has so many others of it below: `packet[IPv4.self, 1]` is the inner one of a tunnel.
  public subscript<L: PacketLayer>(_ type: L.Type, _ number: Int) -> L? {
    get {
      // Without building, where all is there already.
      let built = slots.allSatisfy { $0.given == .max } ? self : asBuilt
      guard let index = Self.place(of: L.kind, number, in: built.slots.map(\.id)) else { return nil }
      return L(fields: LayerFields(layer: built.layer(built.slots[index])))
    }
    set {
      var layers = ExpressionPrinter.shortest(self)
      guard let index = Self.place(of: L.kind, number, in: layers.map(\.id)) else { return }
      let before = self[type, number]?.fields.layer
      var problem = problem
      if let newValue {
        let shortest = layers[index]
        layers[index] = newValue.fields.layer
        // What was left alone is computed again, or its default, if it was before.
        for (field, value) in newValue.fields.layer.values.enumerated() where value == before?.values[field] {
          layers[index].values[field] = shortest.values[field]
        }
        problem = problem ?? newValue.fields.problem
      } else {
        layers.remove(at: index)
      }
      self = Packet(layers: layers)
      self.problem = problem
    }
  }

  private static func place(of kind: LayerKind, _ number: Int, in ids: [LayerID]) -> Int? {
    let all = ids.indices.filter { ids[$0] == kind.id }
    return all.indices.contains(number) ? all[number] : nil
  }
}
