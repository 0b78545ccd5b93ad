import TestPlan

// Swift Testing has a type of this name too, and the module's own name is a type's.
typealias PlannedAttachment = Attachment
