extension BTFType {
  /// The flexible array at a struct's end (`char tail[]`), which holds as much as a record brings along.
  public var flexibleArray: (member: BTFMember, element: BTFType)? {
    guard case .structure(let members) = resolved.kind, let last = members.last,
      case .array(let id, 0) = other(last.type).resolved.kind, other(id).size > 0, last.bitOffset >= 0
    else { return nil }
    return (last, other(id))
  }
}

/// Records of programs: as long as they were sent, be that longer or shorter than the struct.
extension BTFCodec {
  /// Decodes a record. Members that weren't sent are left out, arrays hold what was sent of them, a flexible array all
  /// that is behind the struct.
  public static func decodeRecord(_ bytes: [UInt8], as type: BTFType) throws(BTFCodecError) -> BTFValue {
    guard case .structure = type.resolved.kind, bytes.count < type.size || type.flexibleArray != nil else {
      return try decode(bytes, as: type)
    }
    var fields: [BTFValue.Field] = []
    for (member, value) in try recordParts(bytes, type) {
      if member.name.isEmpty, case .fields(let inner) = value {
        fields += inner
      } else {
        fields.append(.init(member.name, value))
      }
    }
    return .fields(fields)
  }

  /// Encodes a record: what a flexible array is given makes it longer.
  public static func encodeRecord(_ value: BTFValue, as type: BTFType) throws(BTFCodecError) -> [UInt8] {
    guard case .fields(var fields) = value, let (member, element) = type.flexibleArray,
      let index = fields.firstIndex(where: { $0.name == member.name })
    else { return try encode(value, as: type) }
    let given = fields.remove(at: index).value
    var bytes = try encode(.fields(fields), as: type)
    let start = member.bitOffset / 8
    do {
      let tail = try elements(given, of: element)
      // A flexible array may begin in what pads the struct.
      bytes = Array(bytes.prefix(start)) + tail + bytes.dropFirst(start + tail.count)
    } catch {
      throw error.inside(member.name)
    }
    return bytes
  }

  /// So many elements as are given: characters, bytes, or a list.
  public static func elements(_ value: BTFValue, of element: BTFType) throws(BTFCodecError) -> [UInt8] {
    switch value {
    case .bytes(let bytes): return bytes
    case .text(let text) where element.isCharacter: return [UInt8](text.utf8)
    case .fields(let fields) where element.size == 1 && BTFText.given(fields) != nil:
      return [UInt8]((BTFText.given(fields) ?? "").utf8)
    case .list(let items):
      var bytes: [UInt8] = []
      for (index, item) in items.enumerated() {
        do {
          bytes += try encode(item, as: element)
        } catch {
          throw error.inside("[\(index)]")
        }
      }
      return bytes
    default:
      throw BTFCodecError(
        message: "\(value) given, where \(element.declaration)[] takes a list\(element.isCharacter ? " or text" : "")")
    }
  }

  /// A record for people. Of a struct that was cut short what was sent, with a word where it ends.
  public static func renderRecord(_ bytes: [UInt8], as type: BTFType) -> String {
    guard case .structure = type.resolved.kind, bytes.count < type.size || type.flexibleArray != nil,
      let parts = try? recordParts(bytes, type)
    else { return render(bytes, as: type) }
    var words = parts.map { member, value in
      let inner = type.other(member.type)
      let isWhole = member.bitFieldSize > 0 || member.bitOffset / 8 + inner.size <= bytes.count && inner.size > 0
      let text =
        isWhole && member.bitFieldSize == 0
        ? render(value, bytes: bytes, as: inner, at: member.bitOffset / 8) : value.description
      return member.name.isEmpty ? text : "\(member.name): \(text)"
    }
    if bytes.count < type.size { words.append("… cut short after \(bytes.count) of \(type.size) bytes") }
    return "{\(words.joined(separator: ", "))}"
  }

  /// The members that were sent, with what was sent of them.
  private static func recordParts(
    _ bytes: [UInt8], _ type: BTFType
  ) throws(BTFCodecError) -> [(member: BTFMember, value: BTFValue)] {
    var parts: [(member: BTFMember, value: BTFValue)] = []
    let flexible = type.flexibleArray
    for member in type.members {
      let inner = type.other(member.type)
      let start = member.bitOffset / 8
      guard start >= 0, start <= bytes.count else { continue }
      do {
        if let flexible, member == flexible.member {
          parts.append((member, try decodeElements(bytes[start...], of: flexible.element)))
        } else if member.bitFieldSize > 0 {
          guard (member.bitOffset + member.bitFieldSize + 7) / 8 <= bytes.count else { continue }
          parts.append((member, bitFieldValue(bytes, member, inner)))
        } else if inner.size <= bytes.count - start {
          parts.append((member, try decode(bytes, as: inner, at: start)))
        } else if let (element, _) = inner.array, start < bytes.count {
          parts.append((member, try decodeElements(bytes[start...], of: element)))
        }
      } catch {
        throw error.inside(member.name)
      }
    }
    return parts
  }

  /// As many whole elements as there are bytes for.
  public static func decodeElements(_ bytes: ArraySlice<UInt8>, of element: BTFType) throws(BTFCodecError) -> BTFValue {
    if element.size == 1, case .integer = element.resolved.kind {
      return bytes.isEmpty && element.isCharacter ? .text("") : string(bytes, isText: element.isCharacter)
    }
    let raw = [UInt8](bytes)
    var items: [BTFValue] = []
    for index in 0..<(element.size > 0 ? raw.count / element.size : 0) {
      items.append(try decode(raw, as: element, at: index * element.size))
    }
    return .list(items)
  }
}
