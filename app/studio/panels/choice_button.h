// A tool button whose chosen state is seen at once, in a light and in a dark theme.
#pragma once

#include <QToolButton>

namespace dotmoe::studio {

/// Checked, it is filled with the palette's highlight; Fusion's own slightly darker button is lost on a dark
/// ground.
class ChoiceButton : public QToolButton {
    Q_OBJECT

  public:
    explicit ChoiceButton(QAction* action, QWidget* parent = nullptr);

  protected:
    void paintEvent(QPaintEvent* event) override;
};

}  // namespace dotmoe::studio
