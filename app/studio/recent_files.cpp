#include "app/studio/recent_files.h"

#include <QFileInfo>
#include <QSettings>

namespace dotmoe::studio {
namespace {

const auto key = QStringLiteral("recentModels");

}  // namespace

RecentFiles::RecentFiles(QMenu* menu) : QObject(menu), m_menu(menu) {
    fill();
}

void RecentFiles::add(const QString& path) {
    const auto absolute = QFileInfo(path).absoluteFilePath();
    QSettings settings;
    auto paths = settings.value(key).toStringList();
    paths.removeAll(absolute);
    paths.prepend(absolute);
    settings.setValue(key, paths.mid(0, most));
    fill();
}

void RecentFiles::fill() {
    m_menu->clear();
    const auto paths = QSettings().value(key).toStringList();
    for (const auto& path : paths) {
        const auto number = static_cast<int>(m_menu->actions().size()) + 1;
        auto* action =
            m_menu->addAction(QStringLiteral("&%1  %2").arg(number).arg(QFileInfo(path).fileName()));
        action->setToolTip(path);
        action->setShortcut(QStringLiteral("Ctrl+Alt+%1").arg(number));
        connect(action, &QAction::triggered, this, [this, path] { emit chosen(path); });
    }
    m_menu->setToolTipsVisible(true);
    m_menu->setEnabled(!paths.isEmpty());
}

}  // namespace dotmoe::studio
