#include "formats/tensor_bytes.h"

#include "base/error.h"

namespace dotmoe {

std::vector<std::byte> tensor_bytes(const std::filesystem::path& file, std::string_view tensor,
                                    std::int64_t needed,
                                    const std::function<std::vector<std::byte>()>& data) {
    auto bytes = data();
    if (static_cast<std::int64_t>(bytes.size()) != needed)
        fail("{}: tensor '{}' takes {} bytes, but {} were given", file.string(), tensor, needed,
             bytes.size());
    return bytes;
}

}  // namespace dotmoe
