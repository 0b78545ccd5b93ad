// Whoever names programs and maps wants to say which name was meant.
@_exported import Spelling
