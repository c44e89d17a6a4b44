#include "recording/recorder.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "base/files.h"
#include "recording/block.h"
#include "recording/recording.h"

namespace dotmoe {
namespace {

void write_all(int descriptor, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail("{}", std::strerror(errno));
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
}

/// A picture of the global phase, where every layer has one at every step; nothing of it is counted on later.
bool is_thinned(const Payload& payload) {
    return std::visit(
        []<typename T>(const T& event) {
            if constexpr (std::is_same_v<T, std::shared_ptr<const RoutingSnapshot>>)
                return true;
            else if constexpr (requires { event->stage; })
                return event->stage == Stage::distillation;
            else
                return false;
        },
        payload);
}

/// Of a recording that can be gone on with.
std::optional<std::uint64_t> whole_bytes(const std::filesystem::path& path) {
    try {
        return Recording(path).size();
    } catch (const Error&) {
        return std::nullopt;
    }
}

}  // namespace

void check_recordable(const std::filesystem::path& path) {
    ensure_writable_directory(std::filesystem::absolute(path).parent_path());
    std::error_code missing;
    const auto size = std::filesystem::file_size(path, missing);
    const bool nothing_there = missing ? !std::filesystem::exists(path) : size == 0;
    if (!nothing_there && !Recording::recognises(path))
        fail("{}: is there and is no recording: name another file", path.string());
}

Recorder::Recorder(EventSink& next, std::filesystem::path path, Begin begin)
    : next_(next), path_(std::move(path)), begin_(begin) {}

Recorder::~Recorder() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void Recorder::publish(Payload payload) {
    const auto trouble = record(payload);
    next_.publish(std::move(payload));
    if (!trouble.empty())
        next_.publish(
            LogLine{LogLevel::warning, fmt::format("{}: recording ends: {}", path_.string(), trouble)});
}

std::string Recorder::record(const Payload& payload) {
    const std::lock_guard lock(mutex_);
    try {
        if (state_ == State::waiting && std::holds_alternative<Started>(payload)) open();
        if (state_ == State::writing && is_kept(payload)) write_all(descriptor_, pack(payload));
        return {};
    } catch (const Error& error) {
        state_ = State::given_up;
        return error.what();
    }
}

void Recorder::open() {
    check_recordable(path_);
    const auto whole = begin_ == Begin::continued ? whole_bytes(path_) : std::nullopt;
    // A new file rather than a shortened one: somebody may still be reading the old.
    if (!whole) std::filesystem::remove(path_);
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (descriptor_ < 0) fail("{}", std::strerror(errno));
    state_ = State::writing;
    if (!whole) return write_all(descriptor_, std::as_bytes(std::span(recording_line)));
    if (::ftruncate(descriptor_, static_cast<::off_t>(*whole)) != 0) fail("{}", std::strerror(errno));
}

bool Recorder::is_kept(const Payload& payload) {
    if (const auto* step = std::get_if<TrainingStep>(&payload); step && step->stage == Stage::distillation) {
        const auto every =
            std::max<std::int64_t>(1, (step->total + steps_with_pictures - 1) / steps_with_pictures);
        pictures_of_step_ = step->step % every == 0 || step->step == step->total;
    }
    return pictures_of_step_ || !is_thinned(payload);
}

}  // namespace dotmoe
