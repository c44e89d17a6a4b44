// Where a conversion goes when nobody says otherwise.
#pragma once

#include <filesystem>
#include <string_view>

namespace dotmoe::studio {

/// parent/STEM-PRESET; with -2, -3, ... behind it while that folder holds a finished conversion.
std::filesystem::path default_output(const std::filesystem::path& parent, const std::filesystem::path& model,
                                     std::string_view preset);

}  // namespace dotmoe::studio
