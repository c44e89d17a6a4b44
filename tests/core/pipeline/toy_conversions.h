// Whole conversions of the toy model, as the window and the command line start them.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <mutex>

#include "base/error.h"
#include "experts/project.h"
#include "pipeline/convert.h"

namespace dotmoe {

namespace fs = std::filesystem;

/// Keeps all events; calls `react` on each, on the publishing thread.
class EventLog final : public EventSink {
  public:
    explicit EventLog(std::function<void(const Payload&)> react = {}) : react_(std::move(react)) {}
    void publish(Payload payload) override {
        if (react_) react_(payload);
        const std::lock_guard lock(mutex_);
        events_.push_back(std::move(payload));
    }
    template <typename T>
    std::vector<T> all() const {
        const std::lock_guard lock(mutex_);
        std::vector<T> found;
        for (const auto& event : events_)
            if (const auto* value = std::get_if<T>(&event)) found.push_back(*value);
        return found;
    }
    std::vector<Payload> events() const {
        const std::lock_guard lock(mutex_);
        return events_;
    }

  private:
    std::function<void(const Payload&)> react_;
    mutable std::mutex mutex_;
    std::vector<Payload> events_;
};

class ConvertTest : public ::testing::Test {
  protected:
    void SetUp() override {
        ASSERT_TRUE(fs::exists(toy())) << "packaging/test.sh makes the toy model";
        fs::remove_all(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    static fs::path toy() { return fs::path(DOTMOE_DEPS) / "model" / "toy.gguf"; }
    ConvertRequest request(const std::string& name) const {
        ConvertRequest request{.model = toy(),
                               .text = {fs::path(DOTMOE_DEPS) / "text"},
                               .out = folder_ / name,
                               .recipe = preset("toy")};
        request.device = DeviceChoice::cpu;
        request.recipe.distill.steps = 12;
        request.recipe.distill.checkpoint_every = 4;
        request.threads = 1;  // two threads on such small products wait for each other most of the time
        return request;
    }
    static void expect_same_experts(const fs::path& a, const fs::path& b) {
        const auto first = load_project(a), second = load_project(b);
        ASSERT_EQ(first.experts.layers.size(), second.experts.layers.size());
        for (std::size_t l = 0; l < first.experts.layers.size(); ++l) {
            EXPECT_TRUE(at::equal(first.experts.layers[l].owner, second.experts.layers[l].owner))
                << "layer " << l;
            EXPECT_TRUE(at::equal(first.experts.layers[l].router, second.experts.layers[l].router))
                << "layer " << l;
        }
    }
    /// Runs until `stop_when` says so, expects a checkpoint, resumes, and compares with an uninterrupted run.
    void stop_and_resume(const std::function<bool(const Payload&)>& stop_when) {
        NullSink quiet;
        RunControl never;
        convert(request("straight"), {quiet, never});

        RunControl control;
        EventLog stopper([&](const Payload& payload) {
            if (stop_when(payload)) control.request_stop();
        });
        auto broken = request("broken");
        EXPECT_THROW(convert(broken, {stopper, control}), Cancelled);
        EXPECT_FALSE(is_project(broken.out));
        ASSERT_TRUE(fs::exists(broken.out / "checkpoint" / "state.safetensors"));
        broken.resume = true;
        convert(broken, {quiet, never});
        expect_same_experts(folder_ / "straight", broken.out);
    }
    fs::path folder_ =
        fs::temp_directory_path() /
        (std::string("dotmoe-convert-") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
};

}  // namespace dotmoe
