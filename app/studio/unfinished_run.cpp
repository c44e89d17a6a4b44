#include "app/studio/unfinished_run.h"

#include <QDir>
#include <QFileInfo>
#include <QSettings>

#include "base/error.h"

namespace dotmoe::studio {
namespace {

const auto group = QStringLiteral("unfinished");

/// The next window may be started elsewhere.
QString to_text(const std::filesystem::path& path) {
    return QString::fromStdString(std::filesystem::absolute(path).string());
}

/// Beside the settings; the lock of a process that was killed holds no more.
std::unique_ptr<QLockFile> lock_of_running() {
    const QFileInfo settings(QSettings().fileName());
    QDir().mkpath(settings.absolutePath());
    auto lock = std::make_unique<QLockFile>(settings.absoluteFilePath() + QStringLiteral(".running"));
    lock->setStaleLockTime(0);  // however long it takes
    return lock->tryLock() ? std::move(lock) : nullptr;
}

}  // namespace

void UnfinishedRun::remember(const ConvertRequest& request) {
    if (!m_running) m_running = lock_of_running();
    if (!m_running) return;
    QSettings settings;
    settings.beginGroup(group);
    settings.setValue("model", to_text(request.model));
    QStringList texts;
    for (const auto& path : request.text) texts << to_text(path);
    settings.setValue("texts", texts);
    settings.setValue("out", to_text(request.out));
    settings.setValue("recipe", QString::fromStdString(to_toml(request.recipe)));
    settings.setValue("fork", request.fork ? to_text(request.fork->folder) : QString());
}

void UnfinishedRun::letGo() {
    m_running.reset();
}

void UnfinishedRun::forget() {
    if (m_running) QSettings().remove(group);
    letGo();
}

std::optional<ConvertRequest> UnfinishedRun::read() {
    if (!lock_of_running()) return std::nullopt;
    QSettings settings;
    settings.beginGroup(group);
    const auto path = [&](const char* key) {
        return std::filesystem::path(settings.value(key).toString().toStdString());
    };
    ConvertRequest request;
    request.model = path("model");
    request.out = path("out");
    std::error_code absent;
    if (!std::filesystem::exists(request.model, absent) || !std::filesystem::exists(request.out, absent))
        return std::nullopt;
    for (const auto& text : settings.value("texts").toStringList())
        request.text.emplace_back(text.toStdString());
    if (const auto parent = path("fork"); !parent.empty()) request.fork = ForkRequest{parent, {}};
    try {
        request.recipe = parse_recipe(settings.value("recipe").toString().toStdString(), "settings");
    } catch (const UsageError&) {  // of another version
        return std::nullopt;
    }
    return request;
}

}  // namespace dotmoe::studio
