// The toy that is brought along: a very small model and text for it, to watch a conversion at once.
#pragma once

#include <filesystem>
#include <optional>

namespace dotmoe::studio {

struct Toy {
    std::filesystem::path model, text;
};

/// In share/dotmoe-studio beside the folder of the program; none where it was not made.
std::optional<Toy> find_toy();

}  // namespace dotmoe::studio
