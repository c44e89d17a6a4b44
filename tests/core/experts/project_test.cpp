#include "experts/project.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/files.h"

namespace dotmoe {
namespace {

class ProjectTest : public ::testing::Test {
  protected:
    void TearDown() override { std::filesystem::remove_all(folder_); }

    static Project example() {
        Project project{"model.gguf", "abc", preset("toy"), {}};
        project.recipe.layout = {.experts = 4, .active = 2, .shared = 2};
        project.experts.layout = project.recipe.layout;
        at::manual_seed(9);
        for (int l = 0; l < 3; ++l) {
            const auto routed = at::arange(12, at::kLong).remainder(4) + 1;
            project.experts.layers.push_back(
                {at::cat({at::zeros({2}, at::kLong), routed}), at::randn({6, 4})});
        }
        return project;
    }
    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() /
        (std::string("dotmoe-project-") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(ProjectTest, ComesBackAsItWas) {
    const auto project = example();
    save_project(folder_, project, "{}\n");
    ASSERT_TRUE(is_project(folder_));
    const auto back = load_project(folder_);
    EXPECT_EQ(back.source_sha256, "abc");
    EXPECT_TRUE(back.source.is_absolute());
    EXPECT_EQ(to_toml(back.recipe), to_toml(project.recipe));
    EXPECT_EQ(read_text_file(folder_ / "recipe.toml"), to_toml(project.recipe));
    const auto header = peek_project(folder_);
    EXPECT_EQ(header.source, back.source);
    EXPECT_EQ(to_toml(header.recipe), to_toml(project.recipe));
    EXPECT_TRUE(header.experts.layers.empty());
    ASSERT_EQ(back.experts.layers.size(), 3U);
    for (std::size_t l = 0; l < 3; ++l) {
        EXPECT_TRUE(at::equal(back.experts.layers[l].owner, project.experts.layers[l].owner));
        EXPECT_TRUE(at::equal(back.experts.layers[l].router, project.experts.layers[l].router));
    }
}

TEST_F(ProjectTest, OverfullExpertsAndBrokenRoutersAreRefused) {
    auto project = example();
    project.experts.layers[1].owner[5] = 1;
    save_project(folder_, project, "");
    EXPECT_THROW(load_project(folder_), Error);

    project = example();
    project.experts.layers[2].router[0][0] = std::numeric_limits<float>::quiet_NaN();
    save_project(folder_, project, "");
    EXPECT_THROW(load_project(folder_), Error);

    project = example();
    project.experts.layers[0].owner[0] = 99;
    save_project(folder_, project, "");
    EXPECT_THROW(load_project(folder_), Error);
}

TEST_F(ProjectTest, AFolderWithoutAConversionIsNone) {
    EXPECT_FALSE(is_project(folder_));
    EXPECT_THROW(load_project(folder_), Error);
}

}  // namespace
}  // namespace dotmoe
