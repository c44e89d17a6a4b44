#include "model/requirements.h"

#include "base/error.h"

namespace dotmoe {

bool is_encoder(std::string_view architecture) {
    const auto names = [&](std::string_view part) {
        return architecture.find(part) != std::string_view::npos;
    };
    return names("bert") || names("electra") || names("xlm-r") || architecture.starts_with("t5") ||
           names("mt5") || names("bart") || names("embedding") || names("clip");
}

void check_heads(const ModelConfig& config, const std::string& file) {
    if (config.heads % config.kv_heads != 0)
        fail("{}: {} heads cannot share {} key heads: the file is damaged", file, config.heads,
             config.kv_heads);
    if (config.head_width % 2 != 0)
        fail("{}: heads of {} dimensions cannot be rotated in pairs: the file is damaged", file,
             config.head_width);
}

}  // namespace dotmoe
