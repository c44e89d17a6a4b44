// What the run said, line by line.
#pragma once

#include <QPlainTextEdit>

#include "events/event.h"

namespace dotmoe::studio {

class LogPanel : public QPlainTextEdit {
    Q_OBJECT

  public:
    explicit LogPanel(QWidget* parent = nullptr);

    void add(LogLevel level, const QString& line);
};

}  // namespace dotmoe::studio
