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
    auto all = paths();
    all.removeAll(absolute);
    all.prepend(absolute);
    settings.setValue(key, all.mid(0, most));
    fill();
    emit changed(paths());
}

QStringList RecentFiles::paths() const {
    return QSettings().value(key).toStringList();
}

void RecentFiles::fill() {
    m_menu->clear();
    const auto all = paths();
    for (const auto& path : all) {
        const auto number = static_cast<int>(m_menu->actions().size()) + 1;
        auto* action =
            m_menu->addAction(QStringLiteral("&%1  %2").arg(number).arg(QFileInfo(path).fileName()));
        action->setToolTip(path);
        action->setShortcut(QStringLiteral("Ctrl+Alt+%1").arg(number));
        connect(action, &QAction::triggered, this, [this, path] { emit chosen(path); });
    }
    m_menu->setToolTipsVisible(true);
    m_menu->setEnabled(!all.isEmpty());
}

}  // namespace dotmoe::studio
