#ifndef KUBEMONITOR_WIRE_MESSAGE_FIELD_H_
#define KUBEMONITOR_WIRE_MESSAGE_FIELD_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace kubemonitor {

// Appends field `number` (below 16) of a message with serialized content, which may come in two
// pieces: what is serialized already is not parsed and written again.
void AppendMessageField(std::string* out, uint32_t number, std::string_view content,
                        std::string_view more = {});

}  // namespace kubemonitor

#endif  // KUBEMONITOR_WIRE_MESSAGE_FIELD_H_
