// A tiny dense model and a random conversion of it, on disk, for the tests of this folder.
#pragma once

#include <ATen/ATen.h>

#include <filesystem>

#include "experts/project.h"
#include "model/load.h"
#include "support/temporary_folder.h"

namespace dotmoe::test {

inline const Layout with_shared{.experts = 5, .active = 2, .shared = 8};
inline const Layout without_shared{.experts = 6, .active = 2, .shared = 0};

/// model.gguf (3 layers, D 32, N 48, byte-level vocabulary) and project/ in a temporary folder.
struct ToyConversion {
    explicit ToyConversion(const Layout& layout);

    TemporaryFolder folder;
    std::filesystem::path model_path, project_path;
    std::shared_ptr<const Model> model;
    ExpertSet experts;
};

}  // namespace dotmoe::test
