#include "app/studio/default_output.h"

#include <fmt/format.h>

#include "base/paths.h"

namespace dotmoe::studio {

std::filesystem::path default_output(const std::filesystem::path& parent, const std::filesystem::path& model,
                                     std::string_view preset) {
    const auto first = parent / fmt::format("{}-{}", name_of_model(model), preset);
    auto folder = first;
    std::error_code ignored;
    for (int number = 2; std::filesystem::exists(folder / "metrics.json", ignored); ++number)
        folder = fmt::format("{}-{}", first.string(), number);
    return folder;
}

}  // namespace dotmoe::studio
