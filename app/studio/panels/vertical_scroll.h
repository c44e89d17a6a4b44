// A scroll area for a form: as wide as the form needs, scrolled only downwards.
#pragma once

#include <QEvent>
#include <QScrollArea>
#include <QScrollBar>

namespace dotmoe::studio {

class VerticalScroll : public QScrollArea {
  public:
    explicit VerticalScroll(QWidget* form) {
        setFrameShape(QFrame::NoFrame);
        setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        setWidgetResizable(true);
        setWidget(form);
        fit();
    }

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (watched == widget() && event->type() == QEvent::LayoutRequest) fit();
        return QScrollArea::eventFilter(watched, event);
    }

  private:
    void fit() {
        setMinimumWidth(widget()->minimumSizeHint().width() + verticalScrollBar()->sizeHint().width());
    }
};

}  // namespace dotmoe::studio
