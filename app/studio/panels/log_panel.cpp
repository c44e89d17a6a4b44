#include "app/studio/panels/log_panel.h"

#include <QFontDatabase>
#include <QTime>

namespace dotmoe::studio {

LogPanel::LogPanel(QWidget* parent) : QPlainTextEdit(parent) {
    setObjectName("log");
    setAccessibleName(tr("Log"));
    setReadOnly(true);
    setTabChangesFocus(true);
    setUndoRedoEnabled(false);
    setFrameShape(QFrame::NoFrame);
    setMaximumBlockCount(10'000);
    QFont fixed;  // its family alone: the size is the application's
    fixed.setFamilies(QFontDatabase::systemFont(QFontDatabase::FixedFont).families());
    setFont(fixed);
    setPlaceholderText(tr("Messages of the conversion appear here."));
}

void LogPanel::add(LogLevel level, const QString& line) {
    const auto mark = level == LogLevel::warning ? tr("warning: ") : QString();
    appendPlainText(QTime::currentTime().toString(QStringLiteral("HH:mm:ss  ")) + mark + line);
}

}  // namespace dotmoe::studio
